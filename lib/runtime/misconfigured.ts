import { ConfigError } from "../proxy/config";

/** The response while a variable is invalid. Rethrows anything but a `ConfigError`. */
export function misconfigured(error: unknown): Response {
  if (!(error instanceof ConfigError)) throw error;
  console.error("proxy:", error.message);
  const message = `One Balance is not set up right: ${error.message}.`;
  const body = { error: { message, type: "server_error", param: null, code: "internal_error" } };
  return Response.json(body, { status: 500 });
}
