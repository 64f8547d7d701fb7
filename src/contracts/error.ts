/** An error as it crosses a thread or lies in a record: everything of an AppError but its class and stack. */
export interface WireError {
  /** `area/reason`, one of the closed list in src/errors. */
  readonly code: string;
  /** English, for logs and API callers; the interface shows its own words for the code. */
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}
