/** Alerts by mail, through the API of a mail service, with and without a webhook. */
import { beforeEach, describe, expect, test } from "vitest";
import { providerKeys } from "../../lib/db/schema/schema";
import { listAlerts } from "../../lib/manage/alerts/list-alerts";
import { type MailApi, RESEND_URL } from "../../lib/manage/alerts/mail-alert";
import { sendTestAlert } from "../../lib/manage/alerts/send-test-alert";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { AlertReceiver, HOUR_MS } from "./alert-receiver";
import { db, storeKey } from "./test-store";
import { auditEntries, refusal } from "./test-team";

const KEY = "re_a-secret-key-1";
const ADDRESSES = { mailFrom: "One Balance <alerts@example.org>", mailTo: ["ada@example.org"] };

const receiver = new AlertReceiver();
const mailAt = (url: string): MailApi => ({ url, key: KEY, fetch: receiver.fetch });
const both: UpkeepContext = { ...receiver.context, mailApi: mailAt("https://mail.example.org/v1") };
const mailOnly: UpkeepContext = { ...both, alertWebhook: null };

const setMail = (changes: object) => changeSettings(both, { section: "alerts", changes });
const hosts = () => receiver.received.map(({ url }) => new URL(url).host).sort();

/** A pool without a ready key is a reason for an alert. */
async function emptyPool(): Promise<void> {
  await storeKey("sk-resting");
  await db.update(providerKeys).set({ status: "blocked" });
}

beforeEach(async () => {
  await receiver.reset();
  await setMail(ADDRESSES);
});

describe("a mail", () => {
  test("has subject, text and the fields of the webhook, and the key in its header alone", async () => {
    await emptyPool();
    await receiver.run(mailOnly);
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body, url } = { headers: new Headers(), body: "", url: "" }] =
      receiver.received;
    expect(url).toBe("https://mail.example.org/v1");
    expect(headers.get("authorization")).toBe(`Bearer ${KEY}`);
    const mail = JSON.parse(body);
    expect(mail).toEqual({
      from: ADDRESSES.mailFrom,
      to: ADDRESSES.mailTo,
      subject: `One Balance: ${mail.text}`,
      text: "OpenAI: 0 keys ready. Your alert threshold is 1.",
      id: headers.get("idempotency-key"),
      kind: "pool_low",
      details: { provider: "OpenAI", ready: 0, below: 1 },
      at: new Date(receiver.nowMs).toISOString(),
    });
    expect(body).not.toContain(KEY);
  });

  test("to Resend has the fields that it knows", async () => {
    const context = { ...mailOnly, mailApi: mailAt(RESEND_URL) };
    expect(await sendTestAlert(both, { channel: "mail" }, context)).toBeNull();
    expect(Object.keys(JSON.parse(receiver.received[0]?.body ?? ""))).toEqual([
      "from",
      "to",
      "subject",
      "text",
    ]);
    const [entry] = (await auditEntries()).slice(-1);
    expect(entry).toMatchObject({ action: "alerts.test", subjectName: "mail" });
  });

  test("that is rejected is reported without the key", async () => {
    receiver.answer = () => new Response(`{"message":"key ${KEY} is invalid"}`, { status: 401 });
    const problem = await sendTestAlert(both, { channel: "mail" }, both);
    expect(problem).toMatch(/^401 /);
    expect(problem).not.toContain(KEY);
  });
});

describe("both channels", () => {
  test("get each alert once", async () => {
    await emptyPool();
    expect(await receiver.run(both)).toMatchObject({ raisedAlerts: 1, sentAlerts: 2 });
    await receiver.run(both);
    expect(hosts()).toEqual(["hooks.example.org", "mail.example.org"]);
  });

  test("do not wait for each other: while one is down the other delivers, and nothing is lost", async () => {
    receiver.answer = (url) => new Response("", { status: url.includes("mail.") ? 503 : 200 });
    await emptyPool();
    await receiver.run(both);
    const states = async () =>
      (await listAlerts(both, "en")).map(({ channel, state }) => [channel, state]);
    expect(await states()).toEqual([
      ["mail", "failing"],
      ["webhook", "delivered"],
    ]);
    receiver.answer = () => new Response("ok");
    receiver.received = [];
    receiver.nowMs += HOUR_MS;
    await receiver.run(both);
    expect(hosts()).toEqual(["mail.example.org"]);
    expect((await states()).map(([, state]) => state)).toEqual(["delivered", "delivered"]);
  });
});

describe("mail is set up", () => {
  test("only with a key, a sender and a recipient", async () => {
    await emptyPool();
    await setMail({ mailTo: [] });
    await receiver.run(mailOnly);
    expect(await refusal(sendTestAlert(both, { channel: "mail" }, both))).toBe("not_configured");
    await setMail(ADDRESSES);
    await receiver.run({ ...mailOnly, mailApi: null });
    expect([receiver.received, await listAlerts(both, "en")]).toEqual([[], []]);
  });

  test("and where it is taken away, what waits says so", async () => {
    receiver.answer = () => new Response("", { status: 503 });
    await emptyPool();
    await receiver.run(both);
    receiver.nowMs += HOUR_MS;
    await receiver.run();
    const problems = (await listAlerts(both, "en")).map(({ channel, problem }) => [
      channel,
      problem,
    ]);
    expect(problems).toContainEqual(["mail", "not set up any more"]);
  });

  test.each([
    { mailFrom: "nobody" },
    { mailFrom: "A <a@example.org>\r\nBcc: x@example.org" },
    { mailTo: ["ada"] },
    { mailTo: Array.from({ length: 21 }, (_, index) => `a${index}@example.org`) },
  ])("never with %j", async (changes) => {
    expect(await refusal(setMail(changes))).toBe("invalid_input");
  });
});
