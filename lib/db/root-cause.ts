/** The underlying error: drizzle's own message repeats the query with all its parameters. */
export function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
}
