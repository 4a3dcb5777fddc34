/** A message that is not what its receiver takes: repeating it mends nothing, and it ends among the dead letters. */
export class UnknownMessage extends Error {
  override readonly name = "UnknownMessage";
  readonly code = "UnknownMessage";
}

/** Parses a message. Throws `UnknownMessage` if the parser refuses it. */
export function received<Message>(
  parse: (message: unknown) => Message | undefined,
  message: unknown,
): Message {
  const parsed = parse(message);
  if (parsed === undefined) {
    throw new UnknownMessage("The message is not one that this function takes");
  }
  return parsed;
}

/** The same for the text of a message of a queue. */
export const receivedText = <Message>(
  parse: (message: unknown) => Message | undefined,
  text: string,
): Message => received(parse, jsonOf(text));

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnknownMessage("The message is not JSON");
  }
}
