import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { ClientMessages } from "@/components/client-messages";
import { PageHeader } from "@/components/page-header";
import { AttemptTimeline } from "@/components/requests/attempt-timeline";
import { OutcomeBadge } from "@/components/requests/outcome-badge";
import { RequestFacts } from "@/components/requests/request-facts";
import { gatewayLogsUrl } from "@/lib/http/gateway-logs-url";
import { providerNames } from "@/lib/manage/keys/known-provider";
import { ManageError } from "@/lib/manage/manage-error";
import { readRequestStory } from "@/lib/manage/usage/browse-requests";

export async function generateMetadata({ params }: PageProps<"/requests/[id]">): Promise<Metadata> {
  const [t, { id }] = await Promise.all([getTranslations("requests"), params]);
  return { title: `${id} · ${t("title")}` };
}

/** What happened to one request, attempt by attempt. Without a `loading.tsx`, so that a missing one is a 404. */
export default async function RequestPage({ params }: PageProps<"/requests/[id]">) {
  const { context, member, env } = await portalRead("viewer");
  const { id } = await params;
  const [story, names, t, format] = await Promise.all([
    readRequestStory(context, member, id),
    providerNames(context),
    getTranslations("requests"),
    getFormatter(),
  ]).catch((error: unknown) => {
    if (error instanceof ManageError) notFound();
    throw error;
  });
  const slug = story.provider;
  const providerName = slug === null ? null : (names[slug] ?? slug);
  return (
    <ClientMessages areas={["requests"]}>
      <PageHeader
        title={story.model ?? providerName ?? t("request")}
        crumbs={[{ label: t("title"), href: "/requests" }, { label: story.id }]}
        description={format.dateTime(story.at, { dateStyle: "full", timeStyle: "long" })}
        actions={<OutcomeBadge outcome={story.outcome} status={story.status} />}
      />
      <div className="grid items-start gap-8 lg:grid-cols-[1fr_22rem]">
        <AttemptTimeline story={story} />
        <RequestFacts
          story={story}
          providerName={providerName}
          gatewayLogsUrl={gatewayLogsUrl(env)}
          isAdmin={member.role === "admin"}
        />
      </div>
    </ClientMessages>
  );
}
