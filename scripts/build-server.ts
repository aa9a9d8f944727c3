/**
 * `npm run build:server`: installs and builds everything that `npm start` serves, which then changes nothing in this
 * folder and may be run by a user without write access.
 * @module
 */
import { buildIfChanged } from "./build.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { listenForStop, stopSignal } from "./stop-signal.ts";

try {
  listenForStop();
  await buildIfChanged(stopSignal);
} catch (error) {
  reportAndExit(error);
}
