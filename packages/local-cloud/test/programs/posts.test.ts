import { expect, it } from "@jest/globals";
import { ask, usePrograms } from "./support.ts";

const { boot } = usePrograms();

it("resolvers without code invoke their functions with the context", async () => {
  const { ready, complaints } = await boot("posts");
  expect(await ask(ready, '{ post(id: "1") { id title } }')).toEqual({
    data: { post: { id: "1", title: "Queues" } },
  });
  expect(complaints).toEqual([]);
  expect(await ask(ready, '{ post(id: "9") { id } }')).toMatchObject({
    data: { post: null },
    errors: [{ path: ["post"], errorType: "NotFound", message: "there is no post 9" }],
  });
});

it("a maxBatchSize makes one invocation of the items of a list, and each item can fail alone", async () => {
  const { ready } = await boot("posts");
  expect(await ask(ready, "{ posts { id related { title } } }")).toMatchObject({
    data: {
      posts: [
        { id: "1", related: [{ title: "one of 3" }] },
        { id: "2", related: null },
        { id: "3", related: [{ title: "one of 3" }] },
      ],
    },
    errors: [
      { path: ["posts", 1, "related"], errorType: "NoneRelated", message: "nothing is related to Topics" },
    ],
  });
});

it("a function without code gets prev and stash of its pipeline", async () => {
  const { ready } = await boot("posts");
  const add = "mutation ($title: String!) { addPost(title: $title) { title author { name } } }";
  expect(await ask(ready, add, { title: " Schedules " })).toEqual({
    data: { addPost: { title: "Schedules", author: { name: "guest" } } },
  });
  expect(await ask(ready, add, { title: " " })).toMatchObject({
    data: { addPost: null },
    errors: [{ errorType: "UnauthorizedException", message: "You are not authorized to make this call." }],
  });
});

it("a data source whose role may not invoke the function fails the field, as on AWS", async () => {
  const { ready } = await boot("posts", { config: { relatedIsGranted: "false" } });
  expect(await ask(ready, '{ post(id: "1") { title related { title } } }')).toMatchObject({
    data: { post: { title: "Queues", related: null } },
    errors: [{ path: ["post", "related"], errorType: "Lambda:AccessDeniedException" }],
  });
});
