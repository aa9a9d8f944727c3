import { createServer } from "node:net";
import { ExpectedError } from "./expected-error.ts";

/**
 * Asked before the build, so that a taken port is told at once and not after half a minute.
 * @throws {ExpectedError} if nothing can listen on it.
 */
export async function checkPortIsFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE" ? "is already in use" : `cannot be used: ${error.message}`;
      reject(new ExpectedError(`port ${port} ${reason}; set PORT to another`));
    });
    probe.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
