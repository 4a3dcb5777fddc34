const posts = ["Queues", "Topics", "Streams"].map((title, index) => ({ id: String(index + 1), title }));

class NotFound extends Error {
  name = "NotFound";
}

exports.handler = async ({ info, arguments: args, prev, stash }) => {
  if (info.fieldName === "posts") {
    return posts;
  }
  if (info.fieldName === "addPost") {
    if (prev.result.title === "") {
      const error = new Error("this message does not reach the caller");
      error.name = "UnauthorizedException";
      throw error;
    }
    return { id: "4", title: prev.result.title, author: { name: stash.author } };
  }
  const found = posts.find(({ id }) => id === args.id);
  if (!found) {
    throw new NotFound(`there is no post ${args.id}`);
  }
  return found;
};
