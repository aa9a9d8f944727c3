/**
 * The channels of new-api and one-api: rows of their table `channels`, from a dump or as JSON. A channel has one key
 * or, in new-api, many with a status each. Status 1 works, 2 was disabled by a person, 3 automatically.
 * @module
 */
import { NEW_API_TYPES, ONE_API_TYPES } from "./channel-types";
import type { Row } from "./read-sql-tables";
import {
  fieldsOf,
  jsonOf,
  PLAIN_KEY,
  remarkOf,
  type Source,
  type SourceKey,
  type SourceState,
  textOf,
} from "./source-key";

export function isChannel(row: Row): boolean {
  return "key" in row && "type" in row && "models" in row && "group" in row;
}

/** Columns that one-api doesn't have. */
const OF_NEW_API = ["channel_info", "auto_ban", "tag", "setting", "other_info", "param_override"];

export function readChannels(rows: readonly Row[]): Source {
  const isNewApi = rows.some((row) => OF_NEW_API.some((column) => column in row));
  const rank = rankPriorities(rows);
  const keys: SourceKey[] = [];
  const unusable: Source["unusable"][number][] = [];
  let skipped = 0;
  for (const [index, row] of rows.entries()) {
    const position = index + 1;
    const { settings, ...place } = placeOf(row, isNewApi);
    const states = statesOf(row);
    const texts = keysOf(row);
    if (texts.length === 0) skipped += 1;
    for (const [number, text] of texts.entries()) {
      // Amazon's and Google's pairs, Xunfei's and Baidu's triples: they sign requests, and aren't keys.
      if (text.includes("|")) {
        unusable.push({ position, problem: "pair" });
        continue;
      }
      keys.push({
        ...PLAIN_KEY,
        ...place,
        text,
        position,
        settings: { ...settings, priority: rank(row) },
        state: states(number),
      });
    }
  }
  return { form: isNewApi ? "new-api" : "one-api", keys, unusable, skipped };
}

/** One per line, or a JSON list of service accounts. */
function keysOf(row: Row): string[] {
  const text = textOf(row.key).trim();
  const list = text.startsWith("[") ? jsonOf(text) : undefined;
  if (Array.isArray(list)) {
    return list.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  }
  // A service account may span many lines.
  if (text.startsWith("{")) return [text];
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

type Place = Pick<SourceKey, "service" | "baseUrl" | "settings">;

function placeOf(row: Row, isNewApi: boolean): Place {
  const [name = null, usualUrl = null] =
    (isNewApi ? NEW_API_TYPES : ONE_API_TYPES)[Number(row.type)] ?? [];
  const ownUrl = textOf(row.base_url).trim();
  const remark = remarkOf(row.name, row.tag, row.remark);
  const models = modelsOf(row);
  const quotaDomain = textOf(row.openai_organization).trim();
  const weight = Math.min(100, Math.max(1, Number(row.weight) || 1));
  return {
    service: name ?? `type ${textOf(row.type)}`,
    baseUrl: ownUrl === "" ? usualUrl : withVersion(ownUrl, name),
    settings: {
      ...(remark !== undefined && { remark }),
      ...(models.length > 0 && models.length <= MODELS_MAX && { models }),
      ...(quotaDomain !== "" && { quotaDomain }),
      weight,
    },
  };
}

/** For one key; a channel with more is treated as one for every model. */
const MODELS_MAX = 500;

/** Both add `/v1/…` to a channel's address; One Balance expects it with the version. */
function withVersion(url: string, name: string | null): string {
  const base = url.replace(/[/#]+$/, "");
  return name === "azure-openai" || /\/v\d+\w*$/.test(base) ? base : `${base}/v1`;
}

/** The service's own names for its models: a channel may rename some. */
function modelsOf(row: Row): string[] {
  const renamed = fieldsOf(jsonOf(row.model_mapping));
  const names = textOf(row.models)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => textOf(renamed[name]) || name);
  return [...new Set(names)];
}

/** There, the highest priority is used first, here 0. */
function rankPriorities(rows: readonly Row[]): (row: Row) => number {
  const priorityOf = (row: Row) => Number(row.priority) || 0;
  const highest = [...new Set(rows.map(priorityOf))].sort((a, b) => b - a).slice(0, 9);
  return (row) => {
    const rank = highest.indexOf(priorityOf(row));
    return rank === -1 ? 9 : rank;
  };
}

/** The status of each of a channel's keys, by its number from 0. */
function statesOf(row: Row): (number: number) => SourceState {
  const whole = stateOf(Number(row.status), fieldsOf(jsonOf(row.other_info)).status_reason);
  const info = fieldsOf(jsonOf(row.channel_info));
  if (info.is_multi_key !== true) return () => whole;
  const states = fieldsOf(info.multi_key_status_list);
  const reasons = fieldsOf(info.multi_key_disabled_reason);
  // A channel with many keys is disabled when all of them are; a person may also disable it.
  return (number) => {
    if (whole.kind === "disabled") return whole;
    const own = states[number];
    return own === undefined ? whole : stateOf(Number(own), reasons[number]);
  };
}

function stateOf(status: number, reason: unknown): SourceState {
  if (status === 2) return { kind: "disabled" };
  if (status !== 3) return PLAIN_KEY.state;
  return { kind: "blocked", meaning: "key_doubtful", words: textOf(reason).slice(0, 1_000) };
}
