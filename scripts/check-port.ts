import { createServer } from "node:net";
import { ExpectedError } from "./expected-error.ts";

/**
 * Checked before the build, so that a taken port is reported at once and not after half a minute.
 * @param host a name or an address of this machine
 * @throws {ExpectedError} if nothing can listen there.
 */
export async function checkPortIsFree(port: number, host: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(new ExpectedError(reasonFor(error, port, host))),
    );
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function reasonFor(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} is already in use; set PORT to another`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EINVAL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST must be an address of this machine, but is "${host}"`;
    default:
      return `port ${port} cannot be used: ${error.message}; set PORT to another`;
  }
}
