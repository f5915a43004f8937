/** Why a tool does nothing, in whole sentences. */
export interface Refusal {
  readonly refused: string;
}
