import type { LimitRule } from "@/lib/pool/types";

/** Rules in one line, in the terms of the providers' own pages: `gpt-5*: 10 RPM, 1,000 TPM · 200 RPD`. */
export function limitWords(
  rules: readonly LimitRule[],
  formatNumber: (value: number) => string,
): string {
  const words = rules.map(({ model, rpm, tpm, dailyRequests }) => {
    const limits = [
      [rpm, "RPM"],
      [tpm, "TPM"],
      [dailyRequests, "RPD"],
    ] as const;
    const set = limits.flatMap(([count, unit]) =>
      count === null ? [] : [`${formatNumber(count)} ${unit}`],
    );
    return `${model === "*" ? "" : `${model}: `}${set.join(", ")}`;
  });
  return words.join(" · ");
}
