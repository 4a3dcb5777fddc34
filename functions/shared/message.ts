/** A message that the function does not understand. Repeating it does not help, so it ends in the dead-letter queue. */
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
    throw new UnknownMessage("This function does not understand the message");
  }
  return parsed;
}

/** Parses the text of a queue message. Throws `UnknownMessage` if the parser refuses it. */
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
