/**
 * Ready groups by priority and weight, and whose turn it is: the highest priority first, then among its weights by
 * smooth weighted round robin.
 *
 * A group that served out of turn has a debt of that many turns, and is skipped for each of them when its turn comes,
 * as in deficit round robin.
 * @module
 */
import type { Group } from "./group";
import { ReadyRing } from "./ready-ring";

/** Groups of one weight. Its share of its tier's picks is `weight * ring.size`. */
interface WeightClass {
  readonly weight: number;
  readonly ring: ReadyRing<Group>;
  /** Grows by the share, falls by the tier's sum when picked. */
  credit: number;
}

interface Tier {
  readonly priority: number;
  readonly classes: WeightClass[];
}

/** Upper bound on indebted groups skipped for one pick, so that a pick stays constant time. */
const MAX_SKIPS = 200;

export class Tiers {
  /** Lowest priority number first. */
  readonly #tiers: Tier[] = [];

  /** The number of groups in it. Some may turn out to be in cooldown when their turn comes. */
  get size(): number {
    let count = 0;
    for (const { classes } of this.#tiers) for (const { ring } of classes) count += ring.size;
    return count;
  }

  /** By priority, and those of one weight in the order of their turns. */
  *groups(): Generator<Group, void> {
    for (const { classes } of this.#tiers) for (const { ring } of classes) yield* ring.items();
  }

  push(group: Group): void {
    this.#ringOf(group).push(group);
  }

  /** Makes it the next one, whatever it served out of turn. */
  unshift(group: Group): void {
    group.debt = 0;
    this.#ringOf(group).unshift(group);
  }

  remove(group: Group): void {
    this.#ringOf(group).remove(group);
  }

  /**
   * The first result that isn't null of `take` on the groups, in the order of their turns; null if there is none. Each
   * group offered has left its ring: `take` puts it back if it stays.
   * @param above Only tiers that are used before this priority.
   */
  pick<Choice>(above: number, take: (group: Group) => Choice | null): Choice | null {
    for (const tier of this.#tiers) {
      if (tier.priority >= above) return null;
      const choice = pickFromTier(tier, take);
      if (choice !== null) return choice;
    }
    return null;
  }

  #ringOf({ priority, weight }: Group): ReadyRing<Group> {
    let tier = this.#tiers.find((candidate) => candidate.priority === priority);
    if (tier === undefined) {
      tier = { priority, classes: [] };
      this.#tiers.push(tier);
      this.#tiers.sort((a, b) => a.priority - b.priority);
    }
    let weightClass = tier.classes.find((candidate) => candidate.weight === weight);
    if (weightClass === undefined) {
      weightClass = { weight, ring: new ReadyRing(), credit: 0 };
      tier.classes.push(weightClass);
    }
    return weightClass.ring;
  }
}

function pickFromTier<Choice>(
  { classes }: Tier,
  take: (group: Group) => Choice | null,
): Choice | null {
  const [only] = classes;
  if (only !== undefined && classes.length === 1) return pickFromRing(only.ring, take);
  let total = 0;
  for (const weightClass of classes) {
    const share = weightClass.weight * weightClass.ring.size;
    weightClass.credit += share;
    total += share;
  }
  const byCredit = classes.filter(({ ring }) => ring.size > 0);
  byCredit.sort((a, b) => b.credit - a.credit);
  for (const weightClass of byCredit) {
    const choice = pickFromRing(weightClass.ring, take);
    if (choice !== null) {
      weightClass.credit -= total;
      return choice;
    }
  }
  return null;
}

function pickFromRing<Choice>(
  ring: ReadyRing<Group>,
  take: (group: Group) => Choice | null,
): Choice | null {
  skipIndebted(ring);
  for (let left = ring.size; left > 0; left -= 1) {
    const group = ring.shift();
    if (group === undefined) return null;
    const choice = take(group);
    if (choice !== null) return choice;
  }
  return null;
}

function skipIndebted(ring: ReadyRing<Group>): void {
  for (let skips = Math.min(MAX_SKIPS, ring.size); skips > 0; skips -= 1) {
    const group = ring.peek();
    if (group === undefined || group.debt === 0) return;
    group.debt -= 1;
    ring.shift();
    ring.push(group);
  }
}
