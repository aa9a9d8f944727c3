import { describe, expect, test } from "vitest";
import { findProvider } from "../../providers/registry";
import { findJsonField } from "./find-json-field";
import { requestedModels } from "./requested-models";

const openai = findProvider("openai");
if (openai === undefined) throw new Error("openai is built in");

const asked = (body: string) =>
  requestedModels({
    provider: openai,
    path: "chat/completions",
    search: "",
    headers: new Headers({ "content-type": "application/json" }),
    body: new TextEncoder().encode(body),
    isSocket: false,
    prefix: "",
  });
const list = (length: number, item: (index: number) => string) =>
  Array.from({ length }, (_, index) => item(index)).join(",");

describe("bounds on what is read for a limited token", () => {
  test("500,000 names and values, as in the largest lists to embed", () => {
    const body = (length: number) => `{"model":"m","input":[${list(length, () => "1")}]}`;
    expect(asked(body(300_000))).toMatchObject({ models: ["m"], contradiction: null });
    expect(asked(body(500_000)).contradiction).toMatch(/more than 500000 names and values/);
    const tooMany = new TextEncoder().encode(body(500_001));
    expect(findJsonField(tooMany, "model")).toBeNull();
  });

  test("1,000 different models", () => {
    const body = (length: number) =>
      `{"model":"m0","models":[${list(length, (index) => `"m${index}"`)},"m0"]}`;
    expect(asked(body(1_000))).toMatchObject({ contradiction: null });
    const { models, contradiction } = asked(body(1_001));
    expect(models).toHaveLength(1_000);
    expect(contradiction).toMatch(/more than 1000 models/);
  });
});
