import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { visitorContext } from "@/app/entrance-action";
import { nextPath } from "@/app/next-path";
import { portalEnv } from "@/app/portal-context";
import { EntranceHeading } from "@/components/auth/entrance-heading";
import { LoginForm } from "@/components/auth/login-form";
import { ServiceButtons } from "@/components/auth/service-buttons";
import { ClientMessages } from "@/components/client-messages";
import { FormFailure } from "@/components/form/form-failure";
import { currentMember } from "@/lib/auth/current-member";
import { signInEnv } from "@/lib/auth/sign-in-env";
import { allowsPasswords, signInServices } from "@/lib/auth/sign-in-services";
import { hasAdmin } from "@/lib/manage/team/has-admin";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("login.title") };
}

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const { next, error } = await searchParams;
  // `nextPath` returns only paths of this site, which typed routes can't know.
  if ((await currentMember()) !== null) redirect(nextPath(next) as Route);
  const env = portalEnv();
  if (!(await hasAdmin(visitorContext(env)))) redirect("/setup");
  const [t, ways] = await Promise.all([getTranslations("auth"), signInEnv(env)]);
  return (
    <ClientMessages areas={["auth"]}>
      <EntranceHeading title={t("login.title")} description={t("login.description")} />
      <div className="space-y-6">
        <FormFailure>
          {error !== undefined && t(error === "no-member" ? "login.noMember" : "login.failed")}
        </FormFailure>
        <ServiceButtons
          services={signInServices(ways)}
          next={nextPath(next)}
          withPassword={allowsPasswords(ways)}
        />
        {allowsPasswords(ways) && <LoginForm next={nextPath(next)} />}
      </div>
    </ClientMessages>
  );
}
