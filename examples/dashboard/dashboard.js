import { AieraChat, AieraChatError } from "./aiera-chat.js";

const QUESTIONS = ["What moved oil?", "What moved gold?", "What is new at NVIDIA?"];

const chat = new AieraChat({ baseUrl: "/api/aiera" });

for (const question of QUESTIONS) tile(question);

/** @param {string} question */
async function tile(question) {
  const section = document.querySelector("main").appendChild(document.createElement("section"));
  const add = (name, properties) =>
    section.appendChild(Object.assign(document.createElement(name), properties));
  add("h2", { textContent: question });
  const status = add("p", { textContent: "asking", role: "status" });
  const text = add("p", { className: "answer" });
  try {
    const id =
      sessionStorage.getItem(question) ?? (await chat.createSession({ prompt: question })).id;
    sessionStorage.setItem(question, id);
    for await (const session of chat.watchSession(id)) {
      status.textContent = session.status;
      const answer = session.messages?.findLast(({ message_type }) => message_type === "response");
      // As text: an answer is not to be trusted as HTML.
      text.textContent = answer?.blocks?.map((block) => block.content).join("\n\n") ?? "";
    }
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    // The next load of the page asks anew, unless the session may still be good.
    if (error.code === "session_failed" || error.status === 404)
      sessionStorage.removeItem(question);
    status.role = "alert";
    status.textContent = error.message;
  }
}
