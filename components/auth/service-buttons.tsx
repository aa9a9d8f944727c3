"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { signInWithService } from "@/app/(entrance)/login/actions";
import { ServiceMark } from "@/components/auth/service-mark";
import { FormFailure } from "@/components/form/form-failure";
import { Button } from "@/components/ui/button";
import type { ServiceId, SignInService } from "@/lib/auth/sign-in-services";

/** One button for each sign-in service, above the password form. */
export function ServiceButtons({
  services,
  next,
  inviteToken,
  withPassword,
}: {
  readonly services: readonly SignInService[];
  readonly next: string;
  /** The invitation that is accepted in this way. */
  readonly inviteToken?: string;
  /** Whether the password form follows. */
  readonly withPassword: boolean;
}) {
  const t = useTranslations("auth");
  const [hasFailed, setHasFailed] = useState(false);
  const [isRunning, startTransition] = useTransition();
  if (services.length === 0) return null;

  function leaveFor(service: ServiceId) {
    startTransition(async () => {
      const result = await signInWithService({ service, next, inviteToken });
      setHasFailed(!result.ok);
    });
  }

  return (
    <div className="space-y-3">
      {services.map(({ id, name }) => (
        <Button
          key={id}
          type="button"
          variant="outline"
          className="w-full"
          disabled={isRunning}
          onClick={() => leaveFor(id)}
        >
          <ServiceMark service={id} />
          {t("service.continue", { name })}
        </Button>
      ))}
      <FormFailure>{hasFailed && t("login.failed")}</FormFailure>
      {withPassword && (
        <p className="text-muted-foreground before:bg-border after:bg-border flex items-center gap-3 pt-3 text-xs before:h-px before:flex-1 after:h-px after:flex-1">
          {t("service.or")}
        </p>
      )}
    </div>
  );
}
