import { drawScene } from "../demo/scenes.ts";

/** What a picture of a seeded library is to be. */
export interface Plan {
  readonly file: File;
  readonly title?: string;
  /** A label that the owner adds. The most certain label of the model is removed with it. */
  readonly correction?: string;
  readonly isDeleted: boolean;
  /** Its bytes are not those of its type. */
  readonly isBroken: boolean;
}

/** Most pictures of a user, broken ones not included. Users have other pictures. */
export const maxPictures = 200;

/** No common factor with the number of palettes, so that titles differ. */
const moments = [
  "on the first day",
  "after the rain",
  "with the family",
  "from the ridge",
  "before breakfast",
  "on the way home",
  "with friends",
];

const corrections = ["Holiday", "Hiking", "Panorama"];

/** The library of the user at this place among the users: the same numbers give the same library. */
export async function planLibrary(place: number, pictures: number): Promise<Plan[]> {
  const numbers = Array.from({ length: pictures }, (_, index) => index);
  const drawn = await Promise.all(numbers.map((index) => planPicture(place, index)));
  return [...drawn, brokenPicture()];
}

async function planPicture(place: number, index: number): Promise<Plan> {
  const { name, bytes } = await drawScene(place * maxPictures + index);
  const [subject] = name.split(" ");
  const correction = index % 8 === 3 ? corrections[((index - 3) / 8) % corrections.length] : undefined;
  return {
    file: new File([Uint8Array.from(bytes)], name, { type: "image/jpeg" }),
    ...(index % 3 !== 2 && { title: `${subject} ${moments[index % moments.length]}` }),
    ...(correction !== undefined && { correction }),
    isDeleted: index % 12 === 5,
    isBroken: false,
  };
}

const brokenPicture = (): Plan => ({
  file: new File(["This is a text."], "Broken.jpg", { type: "image/jpeg" }),
  isDeleted: false,
  isBroken: true,
});
