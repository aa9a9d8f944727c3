import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Projects one after the other: what files of a project share is kept only from one to the next. */
const PROJECTS = ["e2e", "unit", "workerd"];

/** Start first of all, because they take longest: started last, they would have the machine to themselves. */
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
