import { expect, test } from "vitest";
import { findFormField, multipartBoundary } from "./find-form-field";

async function form(
  entries: [string, string | Blob][],
): Promise<{ bytes: Uint8Array; boundary: string }> {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  const request = new Request("http://localhost", { method: "POST", body: data });
  const boundary = multipartBoundary(request.headers.get("content-type") ?? "") ?? "";
  return { bytes: new Uint8Array(await request.arrayBuffer()), boundary };
}

test("finds a field behind a file whose bytes look like the field", async () => {
  const decoy = new Blob(['content-disposition: form-data; name="model"\r\n\r\nno']);
  const { bytes, boundary } = await form([
    ["file", decoy],
    ["model", "whisper-1"],
    ["language", "de"],
  ]);
  expect(findFormField(bytes, boundary, "model")?.value).toBe("whisper-1");
  expect(findFormField(bytes, boundary, "language")?.value).toBe("de");
});

test("a file part of that name is not a field, and a missing field is null", async () => {
  const { bytes, boundary } = await form([["model", new Blob(["x"])]]);
  expect(findFormField(bytes, boundary, "model")).toBeNull();
  expect(findFormField(bytes, boundary, "other")).toBeNull();
});

test("of a field given twice the last counts; a field cut off counts as missing", async () => {
  const { bytes, boundary } = await form([
    ["model", "first"],
    ["model", "second"],
  ]);
  expect(findFormField(bytes, boundary, "model")?.value).toBe("second");
  const cut = bytes.subarray(0, bytes.length - boundary.length - 10);
  expect(findFormField(cut, boundary, "model")?.value).toBe("first");
});

test("tells where the value stands", async () => {
  const { bytes, boundary } = await form([["model", "tts é"]]);
  const field = findFormField(bytes, boundary, "model");
  expect(new TextDecoder().decode(bytes.subarray(field?.start, field?.end))).toBe("tts é");
});

test.each([
  ["multipart/form-data; boundary=abc", "abc"],
  ['multipart/form-data; charset=utf-8; boundary="a b;c"', "a b;c"],
  ["multipart/form-data", null],
  ["application/json", null],
])("boundary of %s", (contentType, expected) => {
  expect(multipartBoundary(contentType)).toBe(expected);
});
