import type { z } from "zod";
import { type InputIssue, ManageError } from "./manage-error";

/** @throws {ManageError} `invalid_input` with every issue. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(describeIssue);
  throw new ManageError("invalid_input", issues.map(toWords).join("; "), issues);
}

export function describeIssue(issue: z.core.$ZodIssue): InputIssue {
  const path = issue.path.join(".");
  // Zod quotes unknown fields, and a name can be anything, even a key pasted into the wrong place.
  if (issue.code === "unrecognized_keys") return { path, message: "unknown field" };
  return { path, message: issue.message };
}

export function toWords({ path, message }: InputIssue): string {
  return path === "" ? message : `${path}: ${message}`;
}
