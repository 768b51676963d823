// A caller that catches an error of Next.js's control flow.
import { redirect } from "next/navigation";
import { AieraChat } from "aiera-chat";

export const dynamic = "force-dynamic";

async function outcome(call) {
  let attempts = 0;
  let thrown;
  const fetch = async () => {
    attempts++;
    try {
      redirect("/built");
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  const chat = new AieraChat({ baseUrl: process.env.AIERA_BASE_URL, fetch });
  const error = await call(chat).catch((error) => error);
  // The cause of a create's error is the error of the failed request.
  const causes = [error.cause, error.cause?.cause];
  const same = causes.includes(thrown) && error.digest === thrown.digest;
  return `${attempts} attempts, ${same ? "same" : "another"} cause`;
}

export default async function Page() {
  const poll = await outcome((chat) => chat.pollSession(7, { intervalMs: 1 }));
  const create = await outcome((chat) => chat.createSession({ prompt: "?" }));
  return <output>{`poll: ${poll}, create: ${create}`}</output>;
}
