import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { visitorContext } from "@/app/entrance-action";
import { portalEnv } from "@/app/portal-context";
import { EntranceHeading } from "@/components/auth/entrance-heading";
import { SetUpForm } from "@/components/auth/set-up-form";
import { ClientMessages } from "@/components/client-messages";
import { FormFailure } from "@/components/form/form-failure";
import { maySetUp } from "@/lib/auth/may-set-up";
import { hasAdmin } from "@/lib/manage/team/has-admin";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("setup.title") };
}

/** Open to anyone with the set-up link until there is an admin, and disabled after that. */
export default async function SetUpPage({ searchParams }: PageProps<"/setup">) {
  const env = portalEnv();
  const context = visitorContext(env);
  if (await hasAdmin(context)) notFound();
  const { token } = await searchParams;
  const secret = typeof token === "string" ? token : "";
  const isGood = (await maySetUp(secret, env, await headers(), context.nowMs())) !== null;
  const t = await getTranslations("auth");
  return (
    <ClientMessages areas={["auth"]}>
      <EntranceHeading title={t("setup.title")} description={t("setup.description")} />
      <div className="space-y-6">
        <FormFailure>{secret !== "" && !isGood && t("setup.oldLink")}</FormFailure>
        <SetUpForm secret={isGood ? secret : null} />
      </div>
    </ClientMessages>
  );
}
