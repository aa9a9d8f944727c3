import { env } from "cloudflare:workers";

/**
 * Applies the migrations that a database lacks, each in one transaction, and records them as wrangler does.
 * `applyD1Migrations` of `cloudflare:test` does the same, but importing that module loads the whole Worker.
 */
export async function migrate(d1: D1Database, migrations = env.TEST_MIGRATIONS): Promise<void> {
  await d1
    .prepare(
      `create table if not exists d1_migrations(
        id integer primary key autoincrement,
        name text unique,
        applied_at timestamp default current_timestamp not null
      )`,
    )
    .run();
  const { results } = await d1.prepare("select name from d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const { name, queries } of migrations.filter((each) => !applied.has(each.name))) {
    await d1.batch([
      ...queries.map((query) => d1.prepare(query)),
      d1.prepare("insert into d1_migrations (name) values (?)").bind(name),
    ]);
  }
}
