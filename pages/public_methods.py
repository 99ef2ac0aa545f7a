"""The public's methods: the policy in plain words, an example, every table."""

import streamlit as st

from ui.public import public_frame, public_methods

found = public_frame.read_choice()
public_frame.head("How these numbers are made, and what they do not tell")
public_methods.check(found)
st.header("The rules", anchor=False)
public_methods.rules(found)
st.header("What a number tells, and what it does not", anchor=False)
st.text(public_frame.public_sentence(found))
public_methods.example(found)
st.header("What is in no table", anchor=False)
public_methods.held_back(found)
st.header("Every table", anchor=False)
public_methods.tables(found)
st.header("Every rule with its value and reason", anchor=False)
public_methods.parameters(found)
public_frame.public_foot(found, (found.path,))
