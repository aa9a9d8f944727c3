/** Where alerts go if an admin sets it in the portal: sealed, shown to no one, and used as the variables are. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { auditLog } from "../../lib/db/schema/team-schema";
import { readSettings as readStored } from "../../lib/db/team/settings";
import { changeAlertTargets, readAlertTargets } from "../../lib/manage/alerts/alert-targets";
import { sendTestAlert } from "../../lib/manage/alerts/send-test-alert";
import { resealProviderKeys } from "../../lib/manage/keys/reseal-provider-keys";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { readSettings } from "../../lib/manage/settings/read-settings";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { AlertReceiver } from "./alert-receiver";
import { db, SECRETS } from "./test-store";
import { refusal } from "./test-team";

const ADDRESS = "https://hooks.slack.com/services/T0/B0/fake-secret-path";
const SIGNING = "fake-signing-secret";
const MAIL_KEY = "re_fake_mail_key";

const receiver = new AlertReceiver();
/** No variable names a receiver. */
const context: UpkeepContext = { ...receiver.context, alertWebhook: null };
const NOTHING = { webhookHost: "", hasWebhookSecret: false, mailUrl: "", hasMailKey: false };

beforeEach(() => receiver.reset());

const test_ = (channel: "webhook" | "mail" = "webhook", as = context) =>
  sendTestAlert(as, { channel }, as);

describe("a webhook", () => {
  test("is sealed in D1, in no answer, log or page, and gets alerts in its form", async () => {
    await changeAlertTargets(context, { webhookUrl: ADDRESS, webhookSecret: SIGNING });
    expect(await readAlertTargets(context)).toEqual({
      ...NOTHING,
      webhookHost: "hooks.slack.com",
      hasWebhookSecret: true,
    });
    const everything = await Promise.all([
      readSettings(context),
      changeSettings(context, { section: "logging", changes: { errorWords: false } }),
      db.select().from(auditLog),
      env.DB.prepare("select * from settings").all(),
    ]);
    expect(JSON.stringify(everything)).not.toMatch(/fake-secret-path|fake-signing-secret/);
    expect(everything[0]).not.toHaveProperty("alertTargets");

    expect(await test_()).toBeNull();
    expect(receiver.received.map(({ url }) => url)).toEqual([ADDRESS]);
    expect(receiver.received[0]?.headers.has("x-one-balance-signature")).toBe(true);
    expect(receiver.texts()).toEqual(["A test: alerts of One Balance arrive here."]);
  });

  test("a variable precedes it, and without it there is none", async () => {
    expect(await refusal(test_())).toBe("not_configured");
    await changeAlertTargets(context, { webhookUrl: ADDRESS });
    const other = receiver.webhookAt("https://other.example.org/");
    expect(await test_("webhook", { ...context, alertWebhook: other })).toBeNull();
    expect(receiver.received[0]?.url).toBe("https://other.example.org/");
    await changeAlertTargets(context, { webhookUrl: null });
    expect(await readAlertTargets(context)).toEqual(NOTHING);
    expect(await refusal(test_())).toBe("not_configured");
  });

  test("another address doesn't get the secret of the one before", async () => {
    await changeAlertTargets(context, { webhookUrl: ADDRESS, webhookSecret: SIGNING });
    await changeAlertTargets(context, { webhookUrl: "https://hooks.one-balance.dev/in?key=1" });
    expect(await readAlertTargets(context)).toMatchObject({
      webhookHost: "hooks.one-balance.dev",
      hasWebhookSecret: false,
    });
  });

  test.each(["http://hooks.slack.com/", "https://10.0.0.1/?a", "https://localhost/", "no address"])(
    "%s may not be one, now or out of a backup",
    async (webhookUrl) => {
      expect(await refusal(changeAlertTargets(context, { webhookUrl }))).toBe("invalid_input");
      const isAllowed = { ...context, allowPrivateUpstreams: true };
      if (webhookUrl === "no address") return;
      await changeAlertTargets(isAllowed, { webhookUrl });
      expect(await test_()).toContain("can't be used");
      expect(receiver.received).toEqual([]);
      expect(await test_("webhook", isAllowed)).toBeNull();
    },
  );

  test("a change that was made since the form was opened is reported", async () => {
    const was = { ...(await readAlertTargets(context)) };
    await changeAlertTargets(context, { webhookUrl: ADDRESS }, was);
    const stale = changeAlertTargets(context, { webhookUrl: "https://b.one-balance.dev/" }, was);
    expect(await refusal(stale)).toBe("conflict");
    expect(await readAlertTargets(context)).toMatchObject({ webhookHost: "hooks.slack.com" });
  });

  test("is sealed again under a new secret, without which it can't be used", async () => {
    await changeAlertTargets(context, {
      ...{ webhookUrl: ADDRESS, webhookSecret: SIGNING, mailKey: MAIL_KEY },
    });
    const before = (await readStored(db)).settings.alertTargets;
    const rotating = { current: "the next secret, long enough", previous: SECRETS.current };
    const alone = { ...context, secrets: { ...rotating, previous: null } };
    expect(await test_("webhook", alone)).toContain("can't be used");
    await resealProviderKeys({ ...context, secrets: rotating }, { limit: 10 });
    const after = (await readStored(db)).settings.alertTargets;
    for (const field of ["webhookUrl", "webhookSecret", "mailKey"] as const) {
      expect(after[field]).not.toBe(before[field]);
    }
    expect(after.webhookHost).toBe(before.webhookHost);
    expect(await test_("webhook", alone)).toBeNull();
  });
});

describe("a mail service", () => {
  test("is Resend's without an address; a key isn't sent to another address", async () => {
    const alerts = { mailFrom: "alerts@example.org", mailTo: ["ada@example.org"] };
    await changeSettings(context, { section: "alerts", changes: alerts });
    expect(await refusal(test_("mail"))).toBe("not_configured");
    await changeAlertTargets(context, { mailKey: MAIL_KEY });
    expect(await test_("mail")).toBeNull();
    expect(receiver.received[0]?.url).toBe("https://api.resend.com/emails");
    expect(receiver.received[0]?.headers.get("authorization")).toBe(`Bearer ${MAIL_KEY}`);
    await changeAlertTargets(context, { mailUrl: "https://mail.one-balance.dev/v1" });
    expect(await readAlertTargets(context)).toMatchObject({ hasMailKey: false });
    expect(await refusal(test_("mail"))).toBe("not_configured");
  });
});
