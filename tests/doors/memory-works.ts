import { type BackgroundWorks, type BegunWork, workName } from "../../lib/proxy/ports.ts";

/** Background work without a store. */
export class MemoryWorks implements BackgroundWorks {
  readonly #works = new Map<string, BegunWork | "counted">();

  async begin(work: BegunWork): Promise<void> {
    const name = workName(work.provider, work.id);
    if (!this.#works.has(name)) this.#works.set(name, work);
  }

  async claim(provider: string, id: string): Promise<BegunWork | null> {
    const name = workName(provider, id);
    const work = this.#works.get(name);
    if (work === undefined || work === "counted") return null;
    this.#works.set(name, "counted");
    return work;
  }

  async counted(works: readonly string[]): Promise<readonly string[]> {
    return works.filter((name) => this.#works.get(name) === "counted");
  }
}
