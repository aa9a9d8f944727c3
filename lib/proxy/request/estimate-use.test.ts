import { describe, expect, test } from "vitest";
import { type EstimatedCall, estimatedUses, mayCost } from "./estimate-use";
import type { RequestBody } from "./request-body";

const JSON_HEADERS = new Headers({ "content-type": "application/json" });
const kept = (text: string): RequestBody => ({
  kind: "kept",
  bytes: new TextEncoder().encode(text),
});
const post = (path: string, body: RequestBody, model: string | null = "m"): EstimatedCall => ({
  model,
  method: "POST",
  path,
  body,
  isWebSocket: false,
});
const useOf = (path: string, json: object) =>
  estimatedUses(post(path, kept(JSON.stringify(json))), JSON_HEADERS)[0];

describe("what a request may come to", () => {
  test("an answer is as long as the request allows, else 4,096 tokens", () => {
    expect(useOf("v1/chat/completions", { model: "m", max_tokens: 7 })?.outputTokens).toBe(7);
    expect(useOf("v1/responses", { max_output_tokens: 70_000 })?.outputTokens).toBe(70_000);
    expect(useOf("v1beta/models/m:generateContent", { contents: [] })?.outputTokens).toBe(4_096);
    expect(useOf("v1/embeddings", { input: "x" })?.outputTokens).toBe(0);
  });

  test("pictures count each, in JSON and in a form", () => {
    const one = useOf("v1/images/generations", { prompt: "a cat" });
    const four = useOf("images/generations", { prompt: "a cat", n: 4 });
    expect(one).toMatchObject({ outputTokens: 6_240, units: { images: 1 } });
    expect(four).toMatchObject({ outputTokens: 4 * 6_240, outputImageTokens: 4 * 6_240 });
    const headers = new Headers({ "content-type": "multipart/form-data; boundary=B" });
    const form = '--B\r\ncontent-disposition: form-data; name="n"\r\n\r\n3\r\n--B--\r\n';
    expect(estimatedUses(post("v1/images/edits", kept(form)), headers)[0]).toMatchObject({
      units: { images: 3 },
    });
    expect(useOf("images/generations", { n: 1_000_000 })?.units).toEqual({ images: 100 });
  });

  test("a recording is as long as its bytes may be, sold by the second or by tokens", () => {
    const body: RequestBody = {
      kind: "streamed",
      head: new Uint8Array(10),
      rest: new ReadableStream(),
      length: 1_200_000,
    };
    const uses = estimatedUses(post("v1/audio/transcriptions", body), JSON_HEADERS);
    expect(uses).toMatchObject([
      { inputAudioTokens: 6_000, inputTokens: 6_000, outputTokens: 3_000 },
      { inputTokens: null, outputTokens: null, inputAudioSeconds: 600 },
    ]);
  });

  test("what names no model tells nothing", () => {
    expect(estimatedUses(post("v1/batches", kept("{}"), null), JSON_HEADERS)).toEqual([]);
  });
});

describe("whether a call may cost something", () => {
  test.each([
    ["GET", "v1/models"],
    ["GET", "v1/batches/batch_1"],
    ["HEAD", "v1/files"],
    ["DELETE", "v1/responses/resp_1"],
    ["POST", "v1/files"],
    ["POST", "v1/uploads/upload_1/parts"],
    ["POST", "upload/v1beta/files"],
    ["POST", "v1/batches/batch_1/cancel"],
    ["POST", "v1beta/batches/b:cancel"],
    ["POST", "v1beta/models/m:countTokens"],
    ["POST", "v1/messages/count_tokens"],
    ["POST", "v1/responses/input_tokens"],
  ])("%s %s does not", (method, path) => {
    expect(mayCost({ ...post(path, kept("{}")), method })).toBe(false);
  });

  test.each([
    "v1/chat/completions",
    "v1/batches",
    "v1/messages/batches",
    "v1/threads/runs",
    "v1/fine_tuning/jobs",
    "v1/files-of-another-kind",
    "v1beta/models/m:batchGenerateContent",
    "predictions",
  ])("POST %s does", (path) => {
    expect(mayCost(post(path, kept("{}"), null))).toBe(true);
  });
});
