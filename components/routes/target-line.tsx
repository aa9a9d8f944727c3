import { Ban, CircleCheck, Clock } from "lucide-react";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { formatShare, formatUsd, UNKNOWN } from "@/components/format";
import type { TargetItem } from "@/lib/manage/list-model-aliases";
import { CAPABILITIES } from "@/lib/pool/model-alias";

/** A target, and whether it could serve now. */
export async function TargetLine({
  target,
  share,
}: {
  readonly target: TargetItem;
  /** Of the requests; null where targets are taken in order. */
  readonly share: number | null;
}) {
  const t = await getTranslations("routes");
  const { provider, model, label, price, capabilities } = target;
  const lacking = CAPABILITIES.filter((each) => !capabilities.includes(each));
  const facts = [
    price === null
      ? t("target.noPrice", { unknown: UNKNOWN })
      : t("target.price", { input: formatUsd(price.inputUsd), output: formatUsd(price.outputUsd) }),
    ...(lacking.length > 0
      ? [t("target.lacks", { names: lacking.map((each) => t(`target.needs.${each}`)).join(", ") })]
      : []),
  ];
  return (
    <li className="flex flex-wrap items-baseline gap-x-3">
      {share !== null && (
        <span className="w-10 text-right text-xs tabular-nums">{formatShare(share)}</span>
      )}
      <span className="min-w-0">
        {label === null ? (
          <span>{provider}</span>
        ) : (
          <Link
            href={`/keys/${provider}`}
            prefetch={false}
            className="underline-offset-4 hover:underline"
          >
            {label}
          </Link>
        )}{" "}
        <span className="font-mono text-[13px] break-all">{model}</span>
        <span className="text-muted-foreground block text-xs tabular-nums">
          {facts.join(" · ")}
        </span>
      </span>
      <Standing target={target} />
    </li>
  );
}

async function Standing({ target }: { readonly target: TargetItem }) {
  const t = await getTranslations("routes.target");
  const { label, keys, ready, price, fitsPrice } = target;
  const stop =
    (label === null && t("gone")) ||
    (!fitsPrice && t(price === null ? "priceUnknown" : "tooExpensive")) ||
    (keys === 0 && t("noKeys"));
  const [Icon, colour] = stop
    ? ([Ban, "text-blocked"] as const)
    : ready === 0
      ? ([Clock, "text-cooling"] as const)
      : ([CircleCheck, "text-ready"] as const);
  return (
    <span className="inline-flex items-center gap-1.5 text-xs tabular-nums">
      <Icon aria-hidden className={`size-3.5 shrink-0 ${colour}`} />
      {stop || t("ready", { ready, keys })}
    </span>
  );
}
