import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files of `e2e` begin first: much of their time they wait for processes and for time to pass, which the others'
 * computing fills. Begun last, the longest would have the machine to themselves.
 */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ project }: TestSpecification) => project.name === "e2e";
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))];
  }
}
