/** Takes what the developer of a program that runs should know of it. */
export type Warn = (text: string) => void;
