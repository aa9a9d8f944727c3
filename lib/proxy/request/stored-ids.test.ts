/** Where requests and responses name stored things. */
import { describe, expect, test } from "vitest";
import {
  idsCreated,
  idsInForm,
  idsInJson,
  idsInUrl,
  idsMentioned,
  isAboutStored,
  isCreating,
  isListing,
} from "./stored-ids";

const BASE = "https://gateway.test/v1/a/g/openai";
const ids = (named: readonly { readonly id: string }[]) => named.map(({ id }) => id);

describe("a path", () => {
  test.each([
    ["/files/file-abc123/content", ["file-abc123"]],
    ["/v1/files/file-abc123?x=1", ["file-abc123"]],
    ["/v1/files/file%2Dabc123", ["file-abc123"]],
    ["/batches/batch_1234/cancel", ["batch_1234"]],
    ["/responses/resp_68ab/input_items", ["resp_68ab"]],
    ["/vector_stores/vs_1234/files/file-abcd1", ["vs_1234", "file-abcd1"]],
    ["/threads/thread_1234/runs/run_1234", ["thread_1234", "run_1234"]],
    ["/fine_tuning/jobs/ftjob-1234/events", ["ftjob-1234"]],
    ["/chat/completions/chatcmpl-1234", ["chatcmpl-1234"]],
    ["/v1/messages/batches/msgbatch_01ab/results", ["msgbatch_01ab"]],
    ["/v1beta/files/abc-123", ["files/abc-123"]],
    ["/v1beta/cachedContents/xyz9", ["cachedContents/xyz9"]],
    ["/v1beta/tunedModels/my-model-abc:generateContent", ["tunedModels/my-model-abc"]],
    ["/v1beta/models/veo-3/operations/abcd1", ["operations/abcd1"]],
    ["/v1beta/interactions/abcd1", ["interactions/abcd1"]],
    ["/v1/files/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"]],
    ["/predictions/rrr4z55ocneqzikepnug6xezpe", ["rrr4z55ocneqzikepnug6xezpe"]],
    ["/chat/completions", []],
    ["/responses", []],
    ["/responses/compact", []],
    ["/responses/input_tokens", []],
    ["/threads/runs", []],
    ["/v1beta/models/gemini-2.5-flash:generateContent", []],
  ])("%s", (path, expected) => {
    const found = ids(idsInUrl(BASE + path, path.startsWith("/v1beta/")));
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  test("of a list, of what is made, and of neither", () => {
    for (const path of [
      "/files",
      "/v1/batches?limit=2",
      "/v1beta/cachedContents/",
      "/v1/fine_tuning/jobs",
    ]) {
      expect([path, isListing("GET", BASE + path)]).toEqual([path, true]);
      expect([path, isCreating("POST", BASE + path)]).toEqual([path, true]);
    }
    for (const path of ["/files/file-abc1", "/models", "/v1/messages/batches/msgbatch_1/results"]) {
      expect([path, isListing("GET", BASE + path)]).toEqual([path, false]);
    }
    expect(isAboutStored(`${BASE}/embeddings`)).toBe(false);
    expect(isCreating("POST", `${BASE}/v1beta/models/m:batchGenerateContent`)).toBe(true);
  });
});

describe("a body", () => {
  const certain = (value: unknown) =>
    idsInJson(JSON.stringify(value)).flatMap(({ id, isCertain }) => (isCertain ? [id] : []));

  test.each([
    [{ previous_response_id: "resp_abc123" }, "resp_abc123"],
    [{ conversation: "conv_abc123" }, "conv_abc123"],
    [{ conversation: { id: "conv_abc123" } }, "conv_abc123"],
    [{ input_file_id: "file-abc123" }, "file-abc123"],
    [{ training_file: "file-abc123" }, "file-abc123"],
    [{ messages: [{ content: [{ file: { file_id: "file-abc123" } }] }] }, "file-abc123"],
    [{ tools: [{ type: "file_search", vector_store_ids: ["vs_abc123"] }] }, "vs_abc123"],
    [{ cachedContent: "cachedContents/xyz9" }, "cachedContents/xyz9"],
    [{ cachedContent: "projects/p/locations/l/cachedContents/123456" }, "cachedContents/123456"],
    [{ fileData: { fileUri: "https://x/v1beta/files/abc-123" } }, "files/abc-123"],
    [{ content: [{ source: { type: "file", file_id: "file_011abc" } }] }, "file_011abc"],
    [{ assistant_id: "asst_abc123" }, "asst_abc123"],
    [{ previous_interaction_id: "v1_abcdef" }, "v1_abcdef"],
    [
      { file_ids: ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"] },
      "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ],
  ])("%o refers to %s", (body, id) => {
    expect(certain(body)).toContain(id);
  });

  test("escapes hide nothing", () => {
    expect(ids(idsInJson('{"\\u0066ile_id":"file\\u002dabc123"}'))).toContain("file-abc123");
    expect(ids(idsInJson('{"x":"file\\u002dabc123"}'))).toEqual(["file-abc123"]);
  });

  test("names of tools, texts and sizes are none", () => {
    const body = {
      model: "m",
      tools: [{ type: "file_search" }, { name: "run_command" }, { name: "batch_size" }],
      messages: [{ content: "my file-name.txt, see file-abc123" }, { content: "auto" }],
      container: { type: "auto" },
      tool_call_id: "call_abc123",
    };
    expect(idsInJson(JSON.stringify(body))).toEqual([]);
  });

  test("a field of a form", () => {
    const form =
      '--x\r\nContent-Disposition: form-data; name="file_id"\r\n\r\nfile-abc123\r\n--x--';
    expect(ids(idsInForm(form))).toEqual(["file-abc123"]);
  });
});

describe("what an answer says was made", () => {
  test.each([
    [{ id: "file-abc123", object: "file" }, ["file-abc123"]],
    [
      { id: "batch_1234", input_file_id: "file-in11", output_file_id: "file-out99" },
      ["batch_1234", "file-out99"],
    ],
    [{ name: "cachedContents/xyz9", model: "models/m" }, ["cachedContents/xyz9"]],
    [{ file: { name: "files/abc-123", uri: "https://x/v1beta/files/abc-123" } }, ["files/abc-123"]],
    [{ name: "models/veo/operations/abcd1" }, ["operations/abcd1"]],
    [
      {
        name: "operations/abcd1",
        response: { videos: [{ uri: "https://x/v1beta/files/vid-123:download" }] },
      },
      ["operations/abcd1"],
    ],
    [{ id: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" }, ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"]],
  ])("%o", (answer, made) => {
    expect(idsCreated(JSON.stringify(answer))).toEqual(expect.arrayContaining(made));
  });

  test("nothing that it merely repeats", () => {
    const answer = {
      id: "resp_mine1",
      instructions: "file-theirs1",
      metadata: { id: "file-theirs2", output_file_id: "file-theirs3" },
      previous_response_id: "resp_theirs4",
    };
    expect(idsCreated(JSON.stringify(answer))).toEqual(["resp_mine1"]);
  });

  test("nothing that a caller or a model has it say", () => {
    const theirs = "file-theirs123";
    const pad = "x".repeat(70_000);
    expect(
      idsCreated(JSON.stringify({ id: "asst_mine1", name: theirs, object: "assistant" })),
    ).toEqual(["asst_mine1"]);
    const quoted = { annotations: [{ file_id: theirs }, { file_id: "cfile_mine12" }] };
    const answer = { id: "resp_mine1", output: [{ content: [quoted] }] };
    expect(idsCreated(JSON.stringify(answer))).toEqual(["resp_mine1", "cfile_mine12"]);
    // Cut off, and with the request before its id.
    const tools = [{ parameters: { id: theirs } }];
    expect(
      idsCreated(JSON.stringify({ tools, instructions: pad, id: "ag_mine1" }).slice(0, 65_536)),
    ).toEqual([]);
    for (const text of [theirs, `{"id":"${theirs}"}`, `see files/${theirs}`]) {
      expect(idsMentioned(JSON.stringify({ id: "resp_mine1", text, output_text: text }))).toEqual([
        "resp_mine1",
      ]);
    }
    expect(
      idsMentioned(JSON.stringify({ data: [{ id: theirs }, { batch_id: "batch_other1" }] })),
    ).toEqual([theirs, "batch_other1"]);
  });

  test("a stream by its first event, cut wherever", () => {
    const event = `event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_abc123","object":"response","instr`;
    expect(idsCreated(event)).toEqual(["resp_abc123"]);
  });
});
