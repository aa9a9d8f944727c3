/** What the report measures: a Worker of ours on workerd, or a peer at its address. @module */
import type { Contender } from "../contenders.ts";
import type { Peer } from "./report-options.ts";
import type { AnswerKind } from "./report-result.ts";

export interface ReportContender {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the process whose CPU time counts; null for a peer. */
  readonly pid: number | null;
  /** Whether it chooses from the 20 keys. */
  readonly hasPool: boolean;
  /** What it answers. */
  readonly answers: readonly AnswerKind[];
  stop(): Promise<void>;
}

export const ANSWERS: readonly AnswerKind[] = ["json", "stream"];

export function ownContender(name: string, own: Contender, hasPool: boolean): ReportContender {
  return { ...own, name, host: "127.0.0.1", hasPool, answers: ANSWERS };
}

export function peerContender({ name, url, headers, hasPool }: Peer): ReportContender {
  return {
    name,
    host: url.hostname,
    port: Number(url.port || 80),
    path: url.pathname + url.search,
    headers,
    pid: null,
    hasPool,
    answers: ANSWERS,
    stop: async () => {},
  };
}
