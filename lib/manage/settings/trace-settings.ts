/**
 * Where traces are sent: an address, and headers that are secrets.
 * @module
 */
import { z } from "zod";
import { redact } from "../../crypto/redact";
import { type SealingSecrets, sealKey } from "../../crypto/seal";
import { runBatch } from "../../db/state/state-version";
import { auditChange, auditEvent } from "../../db/team/audit-log";
import {
  readSettings,
  type SettingsWrite,
  TRACE_HEADERS_PLACE,
  type TraceSettings,
  writeSettings,
} from "../../db/team/settings";
import { baseUrlProblem } from "../../http/base-url-problem";
import { attributesOf, nanoseconds } from "../../traces/otlp";
import { parseHeaders, type TraceReceiver } from "../../traces/receiver";
import { postSpans } from "../../traces/trace-exporter";
import { atLeastOneField } from "../at-least-one-field";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { inEnglish } from "../providers/custom-provider-schema";

export const traceSettings = z.strictObject({
  endpoint: z.string().meta({ description: "Empty if traces are sent nowhere" }),
  hasHeaders: z.boolean(),
  isByVariable: z
    .boolean()
    .meta({ description: "OTEL_EXPORTER_OTLP_ENDPOINT is set; it takes precedence" }),
});
export type TraceSettingsView = z.output<typeof traceSettings>;

export const changeTraceSettingsInput = z
  .strictObject({
    endpoint: z
      .string()
      .trim()
      .max(500)
      .optional()
      .meta({ description: "OTLP over HTTP, without /v1/traces; empty to send no traces" }),
    headers: z.string().trim().max(4_000).nullish().meta({
      description: "`name=value,name=value`, values percent-encoded; null for none",
    }),
  })
  .refine(atLeastOneField, "nothing to change");
export type ChangeTraceSettingsInput = z.output<typeof changeTraceSettingsInput>;

export const traceTest = z.strictObject({
  problem: z.string().nullable().meta({ description: "Null if the receiver accepted the span" }),
});

/** What the deployment's variables say. */
export interface TraceDeployment {
  /** Null if no variable names a receiver. */
  readonly byVariable: TraceReceiver | null;
  /** The team's own, opened. */
  receiverOf(settings: TraceSettings, secrets: SealingSecrets | null): Promise<TraceReceiver>;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export async function readTraceSettings(
  { db }: Pick<ManageContext, "db">,
  { byVariable }: Pick<TraceDeployment, "byVariable">,
): Promise<TraceSettingsView> {
  const { traces } = (await readSettings(db)).settings;
  if (byVariable !== null) {
    const hasHeaders = Object.keys(byVariable.headers).length > 0;
    return { endpoint: byVariable.url, hasHeaders, isByVariable: true };
  }
  return { endpoint: traces.endpoint, hasHeaders: traces.headers !== "", isByVariable: false };
}

/**
 * Headers that were set for one address are not sent to another: who changes it gives them again.
 * @throws {ManageError} `invalid_input` for an address that may not be named, or headers that are none; `conflict` if
 * someone else changes them; `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function changeTraceSettings(
  context: ManageContext,
  { endpoint, headers }: ChangeTraceSettingsInput,
): Promise<void> {
  const { db, actor, nowMs, allowPrivateUpstreams = false } = context;
  const { settings, versions } = await readSettings(db);
  const before = settings.traces;
  if (endpoint !== undefined && endpoint !== "") assertPublic(endpoint, allowPrivateUpstreams);
  const isElsewhere = endpoint !== undefined && endpoint !== before.endpoint;
  const value: TraceSettings = {
    endpoint: endpoint ?? before.endpoint,
    headers:
      headers === undefined
        ? isElsewhere
          ? ""
          : before.headers
        : await sealedHeaders(headers ?? "", context),
  };
  const atMs = nowMs();
  const audit = auditChange(
    actor,
    {
      action: "settings.update",
      subject: { kind: "settings", id: "traces", name: "traces" },
      before: shown(before),
      after: { ...shown(value), ...(headers !== undefined && { headersChanged: true }) },
    },
    atMs,
  );
  const write: SettingsWrite = { section: "traces", value, version: versions.get("traces"), audit };
  if (await writeSettings(db, write, atMs)) return;
  throw new ManageError("conflict", "someone else is changing these settings; try again");
}

/**
 * Sends a span that says it is a test.
 * @returns Why the receiver did not take it; null if it did.
 * @throws {ManageError} `not_configured` where traces go nowhere; `invalid_input` for an address that may not be named
 * any more, or came with a backup.
 */
export async function testTraceSettings(
  { allowPrivateUpstreams = false, db, nowMs, actor, secrets }: ManageContext,
  { byVariable, receiverOf, fetch }: TraceDeployment,
): Promise<string | null> {
  const { traces } = (await readSettings(db)).settings;
  if (byVariable === null && traces.endpoint === "") {
    throw new ManageError("not_configured", "no receiver of traces is set");
  }
  if (byVariable === null) assertPublic(traces.endpoint, allowPrivateUpstreams);
  let problem: string | null;
  try {
    const receiver = byVariable ?? (await receiverOf(traces, secrets));
    const result = await postSpans(receiver, [testSpan(nowMs())], fetch);
    problem = result.kind === "taken" ? null : redact(result.problem, []);
  } catch (error) {
    problem = redact(String(error), []);
  }
  const subject = { kind: "settings", id: "traces", name: "traces" };
  const entry = { action: "traces.test", subject, after: { problem } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  return problem;
}

/** @throws {ManageError} `invalid_input` for an address that may not be named. */
function assertPublic(endpoint: string, allowPrivate: boolean): void {
  const problem = baseUrlProblem(endpoint, allowPrivate);
  if (problem !== null) throw invalid("endpoint", inEnglish(problem));
}

async function sealedHeaders(text: string, { secrets }: ManageContext): Promise<string> {
  if (text === "") return "";
  const parsed = parseHeaders(text);
  if (parsed === null) throw invalid("headers", "name=value,name=value is expected");
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  return sealKey(text, secrets.current, TRACE_HEADERS_PLACE);
}

function shown({ endpoint, headers }: TraceSettings) {
  return { endpoint, hasHeaders: headers !== "" };
}

function invalid(path: string, message: string): ManageError {
  return new ManageError("invalid_input", `${path}: ${message}`, [{ path, message }]);
}

function testSpan(nowMs: number) {
  const hex = (bytes: number) =>
    [...crypto.getRandomValues(new Uint8Array(bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  return {
    traceId: hex(16),
    spanId: hex(8),
    name: "One Balance test",
    kind: 1,
    startTimeUnixNano: nanoseconds(nowMs),
    endTimeUnixNano: nanoseconds(nowMs),
    attributes: attributesOf({ "one_balance.test": true }),
    status: { code: 0 },
  } as const;
}
