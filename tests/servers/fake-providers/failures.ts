/** What can be wrong with a request, whatever a provider calls it. */
export type FailureKind =
  | 'auth'
  | 'region'
  | 'permission'
  | 'firewall'
  | 'entra-only'
  | 'model'
  | 'path'
  | 'retired'
  | 'rate'
  | 'rate-text'
  | 'quota'
  | 'too-large'
  | 'arrears'
  | 'free-quota'
  | 'context'
  | 'bad-request'
  | 'content-filter'
  | 'busy'
  | 'overloaded'
  | 'loading'
  | 'expired-token'
  | 'usage-refused';

/** An answer that is JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Sent as plain text in place of the body. */
  readonly plainText?: string;
}

/** What a provider's words may name. */
export interface FailureContext {
  readonly model: string;
  readonly retryAfterMs: number;
  /** New per request. */
  readonly requestId: string;
}

/** How one provider puts failures; a kind it does not know takes the nearest that it does. */
export type FailureWords = (kind: FailureKind, context: FailureContext) => JsonAnswer;

/** Error body of OpenAI and those who copy it. */
export function openAiError(
  message: string,
  type: string | null,
  code: string | number | null,
  parameter: string | null = null,
): { error: Record<string, unknown> } {
  return { error: { message, type, param: parameter, code } };
}
