import { UsageError } from "../../packages/local-cloud/src/command.ts";

/** The forms in which the product's name occurs. */
export interface Names {
  /** In texts and titles: `My App`. */
  readonly title: string;
  /** In names of packages, the Pulumi project and resources: `my-app`. */
  readonly slug: string;
  /** In types and functions, and in the namespace of metrics, which takes no spaces: `MyApp`. */
  readonly pascal: string;
  /** In environment variables: `MY_APP`. */
  readonly constant: string;
}

/** Physical names are at most 64 characters long, and begin with the slug and the stack's name. */
const maxSlug = 20;

/** Throws `UsageError`. */
export function namesOf(title: string): Names {
  const words = title.split(" ");
  if (!words.every((word) => /^[A-Za-z][A-Za-z0-9]*$/.test(word))) {
    throw new UsageError(
      `--name must be words of letters and digits that begin with a letter, not ${JSON.stringify(title)}`,
    );
  }
  const slug = words.join("-").toLowerCase();
  if (slug.length > maxSlug) {
    throw new UsageError(`--name: ${slug} has more than ${maxSlug} characters`);
  }
  if (/^(aws|amazon|pulumi|darkroom)/.test(slug)) {
    throw new UsageError(`--name: must not begin with ${words[0] ?? ""}`);
  }
  return {
    title,
    slug,
    pascal: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""),
    constant: words.join("_").toUpperCase(),
  };
}

/** A text of the product with another name. */
export function renamed(text: string, { title, slug, pascal, constant }: Names): string {
  return text
    .replaceAll(/(?<=[A-Za-z_])Darkroom|Darkroom(?=[A-Z/])/g, pascal)
    .replaceAll("Darkroom", title)
    .replaceAll("DARKROOM", constant)
    .replaceAll("darkroom", slug);
}
