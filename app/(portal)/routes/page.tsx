import { Route } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { toAliasChoice } from "@/components/playground/alias-choice";
import { AliasButton } from "@/components/routes/alias-button";
import { AliasTable } from "@/components/routes/alias-table";
import { TryRoute } from "@/components/routes/try-route";
import { roleAllows } from "@/lib/auth/member";
import type { Env } from "@/lib/env";
import { listGroupChoices } from "@/lib/manage/groups/list-group-choices";
import { listGroups } from "@/lib/manage/groups/list-groups";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { listModelAliases } from "@/lib/manage/providers/list-model-aliases";
import { CAPABILITIES } from "@/lib/models/model-alias";
import type { TokenGroup } from "@/lib/pool/types";
import { type ExplainedRoute, explainRoute } from "@/lib/runtime/explain-route";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("routes");
  return { title: t("title") };
}

/** Model aliases and their targets. Everyone may look, admins can change them. */
export default async function RoutesPage({ searchParams }: PageProps<"/routes">) {
  const { context, member, env } = await portalRead("viewer");
  const query = await searchParams;
  const groups = await listGroupChoices(context, member);
  const asked = groups.find(({ id }) => id === query.as);
  const [as] = asked === undefined ? [] : await listGroups(context, asked.id);
  const [aliases, known, route, t] = await Promise.all([
    listModelAliases(context),
    allProviders(context),
    explain(env, query, as),
    getTranslations("routes"),
  ]);
  const providers = known
    .filter(({ openAiCompatible, protocol }) => openAiCompatible !== null || protocol !== null)
    .map(({ slug, label }) => ({ slug, label }));
  const mayChange = member.role === "admin";
  const add = mayChange && <AliasButton alias={null} providers={providers} />;
  return (
    <ClientMessages areas={["routes", "playground"]}>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={aliases.length > 0 && add}
      />
      {aliases.length === 0 ? (
        <EmptyState
          icon={Route}
          title={t("empty.title")}
          description={mayChange ? t("empty.description") : t("empty.viewer")}
          action={add}
        />
      ) : (
        <AliasTable aliases={aliases} providers={providers} mayChange={mayChange} />
      )}
      <TryRoute
        aliases={aliases.map(toAliasChoice)}
        route={route}
        groups={groups}
        maySend={roleAllows(member.role, "member")}
      />
    </ClientMessages>
  );
}

/** The name in `?try=`, with its needs in `?needs=`, for a caller of the group in `?as=`. */
async function explain(
  env: Env,
  query: Awaited<PageProps<"/routes">["searchParams"]>,
  group: TokenGroup | undefined,
): Promise<ExplainedRoute | null> {
  const { try: name, needs } = query;
  if (typeof name !== "string" || name === "") return null;
  const needed = String(needs ?? "").split(",");
  const proxy = await isolateProxy(env, fetchDecoded);
  return explainRoute(
    proxy,
    name,
    CAPABILITIES.filter((each) => needed.includes(each)),
    group,
  );
}
