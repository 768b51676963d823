import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { AieraChat } from "aiera-chat";
import { useAnswer } from "./useAnswer.js";

const chat = new AieraChat({ baseUrl: "/api/aiera" });

function Answer({ id }) {
  const { session, answer, error, waiting } = useAnswer(chat, id);
  if (error) return <p role="alert">{error.message}</p>;
  if (waiting) return <p role="status">{session?.status ?? "asking"}</p>;
  return (
    <article style={{ whiteSpace: "pre-wrap" }}>{answer?.toPlainText() ?? "No answer"}</article>
  );
}

function App() {
  const [id, setId] = useState(location.hash.slice(1) || undefined);
  const [problem, setProblem] = useState();
  const [creating, setCreating] = useState(false);

  async function ask(event) {
    event.preventDefault();
    const prompt = new FormData(event.currentTarget).get("prompt");
    setProblem(undefined);
    setCreating(true);
    try {
      const session = await chat.createSession({ prompt });
      history.replaceState(null, "", `#${session.id}`);
      setId(session.id);
    } catch (error) {
      setProblem(error);
    } finally {
      setCreating(false);
    }
  }

  return (
    <main>
      <form onSubmit={ask}>
        <label>
          Question <input name="prompt" required defaultValue="What moved oil today?" />
        </label>
        <button disabled={creating}>Ask</button>
      </form>
      {problem && <p role="alert">{problem.message}</p>}
      {id && <Answer id={id} />}
      {id && <button onClick={() => setId(undefined)}>Close</button>}
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
