"""The public's methods: the policy in plain words, an example, every table."""

import streamlit as st

from ui.public import public_frame, public_methods

found = public_frame.read_choice()
public_frame.head("How these numbers are made, and what they do not tell")
public_methods.check(found)
st.markdown("### The rules")
public_methods.rules(found)
st.markdown("### What a number tells, and what it does not")
st.text(public_frame.public_sentence(found))
public_methods.example(found)
st.markdown("### What is in no table")
public_methods.held_back(found)
st.markdown("### Every table")
public_methods.tables(found)
st.markdown("### Every rule with its value and reason")
public_methods.parameters(found)
public_frame.public_foot(found, (found.path,))
