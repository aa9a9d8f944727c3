import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { DefaultWay } from "@/components/settings/providers/default-way";
import { GatewayTest } from "@/components/settings/providers/gateway-test";
import { UpstreamList } from "@/components/settings/providers/upstream-list";
import { SettingsSection } from "@/components/settings/settings-section";
import type { Env } from "@/lib/env";
import { listUpstreams } from "@/lib/manage/providers/list-upstreams";
import { readSettings } from "@/lib/manage/settings/read-settings";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("settings");
  return { title: t("title") };
}

/** Which route requests take, and whether the other end can be reached. */
export default async function UpstreamPage() {
  const { context, env } = await portalRead("admin");
  const [t, settings, providers, { config }] = await Promise.all([
    getTranslations("settings.upstream"),
    readSettings(context),
    listUpstreams(context),
    isolateProxy(env, fetchDecoded),
  ]);
  const hasGateway = config.gatewayUrl !== null;
  return (
    <>
      <SettingsSection
        id="gateway"
        title={t("gateway.title")}
        description={
          hasGateway
            ? t("gateway.configured", { variables: gatewaySource(env) })
            : t("gateway.none")
        }
      >
        {hasGateway && <GatewayTest />}
      </SettingsSection>
      {hasGateway && (
        <SettingsSection id="way" title={t("way.title")} description={t("way.description")}>
          <DefaultWay route={settings.upstream.route} />
        </SettingsSection>
      )}
      <SettingsSection
        id="providers"
        title={t("providers.title")}
        description={t("providers.description")}
      >
        <UpstreamList
          providers={providers}
          defaultRoute={hasGateway ? settings.upstream.route : null}
        />
      </SettingsSection>
    </>
  );
}

/** What names the gateway, in order of precedence. */
function gatewaySource(env: Env): string {
  if (env.AI_GATEWAY_URL) return "AI_GATEWAY_URL";
  if (env.CLOUDFLARE_ACCOUNT_ID && env.AI_GATEWAY) return "CLOUDFLARE_ACCOUNT_ID + AI_GATEWAY";
  return "AI";
}
