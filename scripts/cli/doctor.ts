import type { Examination, Finding } from "../../lib/manage/examine/examination.ts";
import type { Command } from "./command.ts";
import { type Connection, RefusedError } from "./connection.ts";
import { count, printJson, type Style, styled } from "./output.ts";

/** What can be checked from here is checked first. */
type Check = Omit<Finding, "check"> & {
  readonly check: Finding["check"] | "instance" | "admin-token";
};

const SIGNS: Readonly<Record<Finding["state"], readonly [sign: string, style: Style]>> = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  fault: ["✗", "red"],
};

export const doctor: Command = {
  name: ["doctor"],
  usage: "doctor",
  summary: "Check an instance: secrets, database, gateway, providers, keys …",
  optionHelp: {},
  options: {},
  positionals: [0, 0],
  async run({ connection, isJson }) {
    const findings = await examine(connection);
    const faults = findings.filter(({ state }) => state === "fault").length;
    const warnings = findings.filter(({ state }) => state === "warning").length;
    if (isJson) printJson({ healthy: faults === 0, findings });
    else {
      console.log(`One Balance at ${connection.url}\n`);
      for (const { state, check, message, advice } of findings) {
        const [sign, style] = SIGNS[state];
        console.log(`${styled(style, sign)} ${check.padEnd(17)}  ${message}`);
        if (advice !== null && state !== "ok")
          console.log(styled("dim", `${" ".repeat(21)}${advice}`));
      }
      const summary = `${count(faults, "fault")}, ${count(warnings, "warning")}`;
      console.log(`\n${faults + warnings === 0 ? "No problems found." : summary}`);
    }
    return faults > 0 ? 1 : 0;
  },
};

async function examine(connection: Connection): Promise<readonly Check[]> {
  const found: Check[] = [];
  const add = (
    check: Check["check"],
    state: Check["state"],
    message: string,
    advice: string | null,
  ) => found.push({ check, state, subject: null, message, advice });
  try {
    add("instance", "ok", `responds in ${await connection.ping()} ms`, null);
    const { findings } = await connection.call<Examination>("GET", "doctor");
    add("admin-token", "ok", "the admin token is accepted", null);
    found.push(...findings);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (found.length === 0) {
      add("instance", "fault", error.message, "check --url, and whether it is running");
    } else if (error.status === 401) {
      add("admin-token", "fault", `the admin token was rejected: ${error.message}`, "see AUTH_KEY");
    } else if (error.status !== null && error.status >= 500) {
      add("portal", "fault", error.message, "see The portal's object in docs/deploy.md");
    } else throw error;
  }
  return found;
}
