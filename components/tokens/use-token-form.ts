"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { type TokenForm, tokenFormSchema } from "@/components/tokens/token-form";
import type { LimitCeilings } from "@/lib/usage/token-limits";

/** The form's state, validated as it is typed after the first submit. */
export function useTokenForm(defaultValues: TokenForm, ceilings: LimitCeilings | null = null) {
  const t = useTranslations("tokens.form.problem");
  const limits = useTranslations("limits.problem");
  const resolver = useMemo(() => {
    const words = { token: t, limit: limits };
    return zodResolver(tokenFormSchema(words, Date.now, ceilings));
  }, [t, limits, ceilings]);
  return useForm<TokenForm>({ resolver, defaultValues });
}
