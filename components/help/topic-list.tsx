import { getTranslations } from "next-intl/server";
import { helpGroups } from "@/components/help/help-topics";
import { Link } from "@/components/link";

/** The pages of the help, by topic. */
export async function TopicList() {
  const t = await getTranslations("help");
  return (
    <div className="grid gap-x-6 gap-y-8 sm:grid-cols-2 lg:grid-cols-4">
      {helpGroups.map(({ name, topics }) => (
        <section key={name} aria-labelledby={`help-${name}`}>
          <h2 id={`help-${name}`} className="text-muted-foreground mb-2 text-xs font-medium">
            {t(`groups.${name}`)}
          </h2>
          <ul className="-mx-2 space-y-1">
            {topics.map(({ topic, icon: Icon }) => (
              <li key={topic}>
                <Link
                  href={`/help/${topic}`}
                  prefetch={false}
                  className="hover:bg-muted flex gap-3 rounded-md p-2"
                >
                  <Icon aria-hidden className="text-muted-foreground mt-0.5 size-4 shrink-0" />
                  <span className="min-w-0">
                    <span className="block font-medium">{t(`topics.${topic}.title`)}</span>
                    <span className="text-muted-foreground block text-sm">
                      {t(`topics.${topic}.description`)}
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
