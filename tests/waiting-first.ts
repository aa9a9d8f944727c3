import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Projects one after the other: what files of a project share is kept only from one to the next.
 *
 * Files of `e2e` start first: much of their time they wait for processes and for time to pass, which the others'
 * computing fills. Started last, the longest would have the machine to themselves.
 */
const PROJECTS = ["e2e", "unit", "workerd"];

/** Start first of all, because they take longest. */
const LONGEST = ["platforms", "deploy", "backup", "slow-store", "doctor", "npm-start"];

export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => turnOf(a) - turnOf(b));
  }
}

function turnOf({ project, moduleId }: TestSpecification): number {
  const isLongest = LONGEST.some((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
  return isLongest ? -1 : PROJECTS.indexOf(project.name);
}
