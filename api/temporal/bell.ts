/** A bell that is rung or not, and that can be waited for. */
export class Bell {
  #isRung = false;
  #hear = (): void => undefined;

  ring(): void {
    this.#isRung = true;
    this.#hear();
  }

  /** Waits for a ring since the last wait, at most so long. */
  async wait(ms: number): Promise<void> {
    if (!this.#isRung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#hear = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#isRung = false;
  }
}
