/** An error of a whole request, before a field runs: AppSync's error type and message, and the HTTP status. */
export class Refusal extends Error {
  readonly errorType: string;
  readonly status: number;

  constructor(errorType: string, message: string, status: number) {
    super(message);
    this.name = errorType;
    this.errorType = errorType;
    this.status = status;
  }
}

export const unauthorized = (message: string): Refusal => new Refusal("UnauthorizedException", message, 401);

export const malformed = (message: string): Refusal =>
  new Refusal("MalformedHttpRequestException", message, 400);

export const badRequest = (message: string): Refusal => new Refusal("BadRequestException", message, 400);
