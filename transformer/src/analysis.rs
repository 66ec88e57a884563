//! What the source says: one question per file.

pub mod builders;
pub mod constants;
pub mod context_managers;
pub mod control_flow;
pub mod definite;
pub mod dict_states;
pub mod escape;
pub mod event_reads;
pub mod fields;
pub mod finality;
pub mod function;
pub mod known_calls;
pub mod liveness;
pub mod names;
pub mod parameters;
pub mod program;
pub mod result_shape;
pub mod returns;
pub mod spots;
pub mod surroundings;
pub mod uses;
pub mod variables;
pub mod walk;
pub mod why;
pub mod work;
