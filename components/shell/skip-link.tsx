import { getTranslations } from "next-intl/server";

/** Id of a page's main part. */
export const CONTENT_ID = "content";

/** The keyboard's first stop: skips the navigation. */
export async function SkipLink() {
  const t = await getTranslations("shell");
  return (
    <a
      href={`#${CONTENT_ID}`}
      className="bg-background focus:ring-ring sr-only z-50 rounded-md px-3 py-2 focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:ring-2"
    >
      {t("skipToContent")}
    </a>
  );
}
