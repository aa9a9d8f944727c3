import { type Fields, fields, parsedJson } from "../json";
import { JsonEnd } from "./json-end";

/** The engine writes JSON of some thousand levels; no tool has a use for so many. */
const MAX_LEVELS = 500;

/** A call's arguments as an object; what a model wrote instead is kept in it, so that the tool can reject it. */
export function argumentsIn(json: string): Fields {
  if (json.trim() === "") return {};
  const end = new JsonEnd();
  end.push(json);
  const value = end.deepest > MAX_LEVELS ? null : parsedJson(json);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? fields(value) : { arguments: json };
}
