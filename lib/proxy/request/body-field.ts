import type { HeaderFields } from "../../http/read-headers";
import { beginsJson } from "./body-form";
import { findFormField, multipartBoundary } from "./find-form-field";
import { type BodyField, findJsonField } from "./find-json-field";
import { bodyHead, type RequestBody } from "./request-body";

/** A top-level field of a JSON body or a field of a multipart form; null if absent. */
export function findBodyField(
  body: RequestBody,
  headers: HeaderFields,
  name: string,
): BodyField | null {
  const head = bodyHead(body);
  if (head === null) return null;
  // Clients send JSON with all kinds of content types, so the bytes decide first.
  const boundary = beginsJson(head) ? null : multipartBoundary(headers.get("content-type") ?? "");
  return boundary === null ? findJsonField(head, name) : findFormField(head, boundary, name);
}
